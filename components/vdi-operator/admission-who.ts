import { accountUser, actForVerb, gatewayName, operatorName } from "./rbac.ts";

/** Whether who asks is trusted with sessions of others: a portal, an administrator. */
export const mayActForOthers =
  "authorizer.group('vdi.kasm.io').resource('vdisessions').namespace(request.namespace)" +
  `.check('${actForVerb}').allowed()`;

/** Who makes the routes of desktops is the operator alone. */
export function notTheOperator(operatorNamespace: string) {
  return {
    name: "not-the-operator",
    expression: `request.userInfo.username != '${accountUser(operatorName, operatorNamespace)}'`,
  };
}

/** Whom no policy on our kinds concerns. */
export function notOurselves(operatorNamespace: string) {
  return [
    {
      name: "not-our-own",
      expression: `!(request.userInfo.username in ${JSON.stringify(
        [operatorName, gatewayName].map((name) => accountUser(name, operatorNamespace)),
      )})`,
    },
    {
      // Garbage collection and the deletion of namespaces would stand still.
      name: "not-kubernetes-itself",
      expression:
        "!('system:serviceaccounts:kube-system' in request.userInfo.groups) && " +
        "request.userInfo.username != 'system:kube-controller-manager'",
    },
  ];
}
