-- uses: start keys store-keys fence owner records seats skip heads leave outbox turn offers match-agent relate
-- A node states that a call of its talks with an agent, after the store lost what it knew: this is so. What contradicts it in the store is
-- to be ended first, by the verbs for that.
-- ARGV: nowMs; in one: call, queue, agent, node, queuedAt, waitMs
-- Returns 'ok' | VG_TAKEN | 'call' (it still waits, is offered or talks with another: drop it first) | 'agent' (still idle or offered: sign out first)
local id, queue, agent, node, queuedAt, wait = fields('ssssss', ARGV[2])
if isAnothers(id, node) then return anothers() end
local a, c = loadBoth(agent, id)
if c.st == 'queued' or c.st == 'reserved' or (c.st == 'connected' and c.agent ~= agent) then return 'call' end
if a.st == 'ready' or a.st == 'reserved' then return 'agent' end
if a.st == 'talking' and a.call == id and c.st == 'connected' and c.agent == agent then return 'ok' end
-- An agent talks with one caller: the call before is over.
local before = a.call ~= '' and a.call ~= id and loadCall(a.call)

if before and before.st == 'connected' and before.agent == agent then
  before.st = 'ended'
  saveCall(before)
end
if a.st == 'wrapUp' then run('ZREM', P .. DUE, a.id) end
-- Who is signed in nowhere has no pool, and is signed out after it (planNext).
if a.st == '' or a.st == 'loggedOut' then a.pool = '' end
if a.node == '' then a.node = node end
c.st, c.agent, c.queue, c.node, c.t0, c.wait, c.res, c.route = 'connected', agent, queue, node, queuedAt, wait, '', ''
a.st, a.since, a.call, a.res, a.want, a.wrapEnd, a.wrapMax, a.partner = 'talking', at, id, '', '', '', '', c
tellAgent(a)
saveSeats(a, '')
return 'ok'
