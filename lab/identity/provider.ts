import { generateKeyPairSync, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { Provider } from "oidc-provider";
import { people } from "./people.ts";

export interface IdentityOptions {
  /** Where browsers and the portal reach it: `http://127.0.0.1:PORT`. */
  readonly issuer: string;
  /** Where browsers reach the portal. */
  readonly portalUrl: string;
}

/** What the portal is called by its issuer on the lab. */
export const clientId = "portal";

/** OpenID Connect for the lab and tests: whoever comes picks who she is. It forgets all when it ends. */
export function identityServer({ issuer, portalUrl }: IdentityOptions): Server {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const provider: Provider = new Provider(issuer, {
    clients: [
      {
        client_id: clientId,
        token_endpoint_auth_method: "none",
        redirect_uris: [`${portalUrl}/sign-in/callback`],
        post_logout_redirect_uris: [`${portalUrl}/`],
        grant_types: ["authorization_code", "refresh_token"],
        response_types: ["code"],
      },
    ],
    jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), use: "sig", alg: "RS256" }] },
    cookies: { keys: [randomBytes(32).toString("hex")] },
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name", "groups"] },
    // In the ID token, as most issuers can be told to do.
    conformIdTokenClaims: false,
    features: { devInteractions: { enabled: false }, rpInitiatedLogout: { enabled: true } },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    pkce: { required: () => true },
    issueRefreshToken: () => Promise.resolve(true),
    findAccount: (_context, sub) => {
      const person = people[sub];
      const claims = () =>
        Promise.resolve({ ...person, sub, groups: [...(person?.groups ?? [])], email_verified: true });
      return Promise.resolve(person && { accountId: sub, claims });
    },
    // Nobody is asked for consent to what the lab itself wants to know.
    loadExistingGrant: async ({ oidc }) => {
      const { client, session } = oidc;
      if (!client || !session?.accountId) return undefined;
      const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
      grant.addOIDCScope("openid email profile");
      await grant.save();
      return grant;
    },
  });
  const answer = provider.callback();
  return createServer((request, response) => {
    if (request.url?.startsWith("/interaction/") !== true) void answer(request, response);
    else
      interact(provider, request, response).catch((error: unknown) => {
        response.writeHead(400, { "Content-Type": "text/plain" }).end(error instanceof Error ? error.message : "");
      });
  });
}

async function interact(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method === "POST") {
    const accountId = new URLSearchParams(await text(request)).get("login") ?? "";
    await provider.interactionFinished(request, response, people[accountId] ? { login: { accountId } } : {});
    return;
  }
  const { uid } = await provider.interactionDetails(request, response);
  response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" }).end(signInPage(uid));
}

function signInPage(uid: string): string {
  const buttons = Object.entries(people).map(([login, { name, email, groups }]) => {
    const hint = groups.length > 0 ? ` (${groups.join(", ")})` : "";
    return `<p><button name="login" value="${login}">${name}, ${email}${hint}</button></p>`;
  });
  return [
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Sign-in of the lab</title></head>`,
    `<body><h1>Who are you?</h1><form method="post" action="/interaction/${uid}">${buttons.join("")}</form></body></html>`,
  ].join("\n");
}
