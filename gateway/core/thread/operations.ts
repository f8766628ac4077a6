/** The newest are enough to know what a call came to. */
const MOST_OPERATIONS = 5;

const OPERATION = /^(?:[\w-]+\.)+[\w-]{1,80} → [\w-]{1,80}$/;

/** What was asked of other systems on a caller's way, such as `billing.extendInvoice → refused`. */
export function operationsIn(path: readonly { readonly did?: string | undefined }[]): readonly string[] {
  return path.flatMap(({ did }) => (did !== undefined && OPERATION.test(did) ? [did] : [])).slice(-MOST_OPERATIONS);
}
