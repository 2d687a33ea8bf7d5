/** A provisioner of our own. */
export const ownStorage = {
  className: "kasm-local-path",
  path: "/var/lib/kasm-vdi/storage",
  image: "rancher/local-path-provisioner:v0.0.37",
  helperImage: "busybox:1.37.0",
  namespace: "storage",
  registry: {},
};
