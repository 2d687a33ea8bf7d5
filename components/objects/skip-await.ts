/**
 * Annotation by which Pulumi goes on as soon as an object is made. Whether it runs is for a gate to tell, which names what
 * does not, and rides out an API server that is away.
 */
export const skipAwait = { "pulumi.com/skipAwait": "true" };
