import { readFile } from "node:fs/promises";
import * as oidc from "openid-client";
import { z } from "zod";
import type { Person } from "../rights/person.ts";
import { personOf } from "../rights/person.ts";
import type { OidcSettings } from "../settings.ts";

/** What has to be remembered between leaving for the issuer and coming back. */
export const flowSchema = z.object({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  returnTo: z.string(),
});
export type Flow = z.infer<typeof flowSchema>;

export interface SignedIn {
  readonly person: Person;
  readonly refreshToken: string | undefined;
}

/** The sign-in did not come to an end; the message is for the person. */
export class SignInError extends Error {
  override readonly name = "SignInError";
}

/** OpenID Connect with one issuer: authorization code with PKCE. The issuer is asked about itself when first needed. */
export class Oidc {
  readonly #settings: OidcSettings;
  readonly #adminGroups: readonly string[];
  readonly #redirectUri: string;
  #configuration: Promise<oidc.Configuration> | undefined;

  constructor(settings: OidcSettings, { url, adminGroups }: { url: URL; adminGroups: readonly string[] }) {
    this.#settings = settings;
    this.#adminGroups = adminGroups;
    this.#redirectUri = `${url.origin}/sign-in/callback`;
  }

  /** Where the browser goes to sign in, and what to remember meanwhile. */
  async begin(returnTo: string): Promise<{ location: string; flow: Flow }> {
    const configuration = await this.#issuer();
    const flow = {
      ...{ state: oidc.randomState(), nonce: oidc.randomNonce() },
      ...{ verifier: oidc.randomPKCECodeVerifier(), returnTo },
    };
    const location = oidc.buildAuthorizationUrl(configuration, {
      ...{ redirect_uri: this.#redirectUri, scope: this.#settings.scopes },
      ...{ state: flow.state, nonce: flow.nonce },
      code_challenge: await oidc.calculatePKCECodeChallenge(flow.verifier),
      code_challenge_method: "S256",
    });
    return { location: location.href, flow };
  }

  /**
   * @param query what the issuer sent back in the address
   * @throws SignInError
   */
  async complete(query: string, flow: Flow): Promise<SignedIn> {
    const configuration = await this.#issuer();
    const checks = { expectedState: flow.state, expectedNonce: flow.nonce, pkceCodeVerifier: flow.verifier };
    return this.#signedIn(() =>
      oidc.authorizationCodeGrant(configuration, new URL(`${this.#redirectUri}${query}`), {
        ...checks,
        idTokenExpected: true,
      }),
    );
  }

  /**
   * Who somebody is by now: groups may have been taken away.
   *
   * @throws SignInError
   */
  async renew(refreshToken: string): Promise<SignedIn> {
    const configuration = await this.#issuer();
    const renewed = await this.#signedIn(() => oidc.refreshTokenGrant(configuration, refreshToken));
    // Issuers that do not rotate give none anew.
    return { ...renewed, refreshToken: renewed.refreshToken ?? refreshToken };
  }

  /** Where the browser goes to sign out at the issuer too; undefined where the issuer has no such page. */
  async signOutLocation(): Promise<string | undefined> {
    const configuration = await this.#issuer();
    if (configuration.serverMetadata().end_session_endpoint === undefined) return undefined;
    const back = new URL("/", this.#redirectUri).href;
    return oidc.buildEndSessionUrl(configuration, { post_logout_redirect_uri: back }).href;
  }

  async #signedIn(
    grant: () => Promise<oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers>,
  ): Promise<SignedIn> {
    const tokens = await grant().catch((error: unknown) => {
      throw new SignInError("the issuer did not confirm the sign-in", { cause: error });
    });
    const claims = tokens.claims();
    if (!claims) throw new SignInError("the issuer sent no ID token");
    const { userClaim, groupsClaim } = this.#settings;
    if (userClaim === "email" && claims["email_verified"] === false)
      throw new SignInError("the issuer has not verified the e-mail address");
    const person = personOf(claims[userClaim], claims[groupsClaim], this.#adminGroups);
    if ("refused" in person) throw new SignInError(person.refused);
    return { person, refreshToken: tokens.refresh_token };
  }

  #issuer(): Promise<oidc.Configuration> {
    this.#configuration ??= this.#discover().catch((error: unknown) => {
      // The next one asks again.
      this.#configuration = undefined;
      throw error;
    });
    return this.#configuration;
  }

  async #discover(): Promise<oidc.Configuration> {
    const { issuer, clientId, clientSecretFile } = this.#settings;
    const secret = clientSecretFile === undefined ? undefined : (await readFile(clientSecretFile, "utf8")).trim();
    const server = new URL(issuer);
    const isLoopback = server.protocol === "http:" && ["127.0.0.1", "localhost", "[::1]"].includes(server.hostname);
    const authentication = secret === undefined ? oidc.None() : oidc.ClientSecretBasic(secret);
    return oidc.discovery(server, clientId, undefined, authentication, {
      timeout: 10,
      // Nobody listens on the way to the machine itself. Marked as deprecated to stand out, not since it would go.
      // eslint-disable-next-line @typescript-eslint/no-deprecated
      execute: isLoopback ? [oidc.allowInsecureRequests] : [],
    });
  }
}
