/** The product's virtual player, under the name that the interpreter's tests use. */
export { VirtualCall as FlowDriver, type Answer, type CallOrder } from '../../../gateway/core/authoring/virtual-call.js';
