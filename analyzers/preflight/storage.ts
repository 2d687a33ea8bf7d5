import { check, namesOf } from "./check.ts";
import { podView } from "./pod.ts";

const defaultClass = "storageclass.kubernetes.io/is-default-class";
const localPath = "rancher.io/local-path";

/** Will volumes be made? Whether they are writable is LocalPathStorage's check. */
export const storageChecks = [
  check("StorageClass", ["storageClasses"], ({ storage }, { storageClasses }) => {
    if (storage.isOurs || storageClasses.some((one) => one.metadata?.name === storage.className)) return [];
    const others = storageClasses.map(({ metadata }) => metadata?.name ?? "").sort();
    return [
      {
        level: "required",
        object: `StorageClass ${storage.className}`,
        problem: `it does not exist${others.length > 0 ? `; there is ${namesOf(others)}` : ""}`,
        fix: "Set kasm-vdi:storage.className to one that exists, or kasm-vdi:storage.mode to own",
        maySettle: true,
      },
    ];
  }),

  check("default StorageClass", ["storageClasses"], (_expected, { storageClasses }) => {
    const defaults = storageClasses.filter(({ metadata }) => metadata?.annotations?.[defaultClass] === "true");
    if (defaults.length === 1) return [];
    const names = namesOf(defaults.map(({ metadata }) => metadata?.name ?? ""));
    return [
      {
        level: "recommended",
        object: "StorageClasses",
        problem: defaults.length === 0 ? "none is the default" : `${names} are all the default`,
        fix: `Mark exactly one: kubectl annotate --overwrite storageclass NAME ${defaultClass}=true`,
      },
    ];
  }),

  check("local-path-provisioner", ["storageClasses", "pods"], ({ storage }, { storageClasses, pods }) => {
    const used = storageClasses.find(({ metadata }) => metadata?.name === storage.className);
    if (storage.isOurs || used?.["provisioner"] !== localPath) return [];
    const provisioners = pods
      .map(podView)
      .filter(({ namespace, labels }) => namespace === "kube-system" && labels["app"] === "local-path-provisioner");
    if (provisioners.some(({ isReady }) => isReady)) return [];
    return [
      {
        level: "required",
        object: "local-path-provisioner",
        problem: provisioners.length === 0 ? "no pod of it runs in kube-system" : "its pod is not Ready",
        fix:
          "See why: kubectl -n kube-system describe pod -l app=local-path-provisioner. " +
          "A K3s with --disable=local-storage has none: set kasm-vdi:storage.mode to own",
        maySettle: true,
      },
    ];
  }),
];
