import type { MessageRoutes } from '../../gateway/adapters/http/message-api.js';
import { failed, ok } from '../../gateway/core/errors.js';

/** A gateway where nobody left a message. */
export const noMessages: MessageRoutes = { takesCalls: () => true, open: () => Promise.resolve(ok([])), sound: () => Promise.resolve(null), done: () => Promise.resolve(failed('VG_REFUSED', 'there is no such message')) };
