/** How Kasm's database is treated by the next `up`. */
export type DatabasePhase = "initialize" | "keep" | "upgrade";

/** Where the TLS certificate of the base domain comes from. */
export type CertificateSource =
  | { readonly kind: "secret"; readonly secretName: string }
  | { readonly kind: "cert-manager"; readonly issuerName: string; readonly issuerKind: "Issuer" | "ClusterIssuer" }
  | { readonly kind: "self-signed" };
