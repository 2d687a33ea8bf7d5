/** The JSON shape of a client-node model: its models are classes, and what the API server sends is not made by them. */
export type Plain<T> = T extends (infer Item)[]
  ? Plain<Item>[]
  : T extends Date
    ? string | Date
    : T extends object
      ? { [Field in keyof T]: Plain<T[Field]> }
      : T;
