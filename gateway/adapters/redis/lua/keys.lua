-- Key names; twin of keys.ts, compared by a test. A key is P (the tenant's prefix with its hash tag), a name, and mostly an id.
-- Constants like these are put in place of their names when the verbs are joined.
local QUEUED = 'q:' -- .. signature (@agent: a personal line): ZSET call -> score
local HEADS = 'h' -- ZSET signature -> score of its first call
local LINES = 'l:' -- .. queue: SET of the signatures of its calls
local IDLE = 'i:' -- .. pool: ZSET seat -> idle sequence
local IDLE_HEADS = 'ih' -- ZSET pool -> idle sequence of its first seat
local SERVES = 'ps:' -- .. pool: ZSET signature -> tier, and the mark '-', so that it is never empty
local SERVED = 'sp:' -- .. signature: ZSET pool -> tier, and the mark '-'
local SIGNATURES = 'sig' -- HASH id -> canonical text
local POOLS = 'pool' -- HASH id -> canonical text
local CALL = 'c:' -- .. call: STRING, a record (records.lua)
local AGENT = 'a:' -- .. agent: STRING, a record (records.lua)
local LEASES = 'lease' -- ZSET offer -> expiry ms
local DUE = 'due' -- ZSET agent -> end of wrap-up or of a re-offer interval, ms
local ON = 'on' -- SET of the agents signed in
local STAFF = 'staff' -- HASH pool|away or pool|working -> agents signed in: not ready, or anything else
local RELAX = 'relax' -- ZSET call -> time at which what it needs changes next, ms
local SEQ = 'seq' -- last place given
local IDLE_SEQ = 'iseq' -- idle counter
local FACTS = 'ev' -- STREAM, the log of facts
local OUT = 'out:' -- .. node: STREAM, the node's outbox
