-- uses: start keys fence records seats skip heads leave outbox turn offers match-agent relate
-- An agent signs in, or binds again to a node with the state kept; the node before is told. Changed skills, slots and turns count from the next decision on.
-- ARGV: nowMs; in one: request, agent, pool, node, rank ('' longest idle, '=7' place in the file, '%' share of time on calls), offer token,
-- slots ('' one), blocks, the agent's other records (lists, seats.lua), keeps (as nobody signs in anew: 'wish' = a wish to sign out
-- stands, 'signOut' = also who is signed out stays so)
-- Returns the agent's state | 'undefined' (pool not written yet)
local request, id, pool, node, rank, token, slots, blocks, others, keeps = fields('ssssssssss', ARGV[2])
local a = loadAgent(id)
if seen(a, request) then return describe(a) end
if run('EXISTS', P .. SERVES .. pool) == 0 then return 'undefined' end
local isFresh = a.st == '' or a.st == 'loggedOut'
if isFresh and keeps == 'signOut' then a.st = 'loggedOut' return describe(a) end
local wasIdle, oldPool = a.st == 'ready', a.pool
local isOtherTurn = rank ~= (sub(a.rank, 1, 1) == '%' and '%' or a.rank)
local c = a.st == 'reserved' and a.node ~= node and loadCall(a.call)
local expires = c and run('ZSCORE', P .. LEASES, a.res)
if a.node ~= '' and a.node ~= node then tell(a.node, 'moved' .. US .. id .. US .. at) end
a.pool, a.node = pool, node
a.slots, a.blocks = slots, blocks
if rank ~= '%' then a.rank = rank elseif isFresh or sub(a.rank, 1, 1) ~= '%' then a.rank = '%' .. at .. ' 0' end
if a.want == 'logout' and keeps == '' then a.want = '' end
if isOtherTurn then a.seq = '' end
local isOtherSeat = wasIdle and (pool ~= oldPool or isOtherTurn or isFull(a)) or a.st == 'talking' and slots ~= '' and not isFull(a)
local place = isOtherSeat and wasIdle and leave(IDLE, IDLE_HEADS, oldPool, seatOf(a.id))
local next = isOtherSeat and planNext(a)

if isFresh then
  settle(a, { st = 'notReady', reason = 'signedIn' }, '', false)
elseif next then
  if place then take(place) end
  settle(a, next, token, true)
elseif c then
  tellOffer(c, a, expires, node)
end
remember(a, request)
a = saveSeats(a, token)
if others == '' then return describe(a) end
-- The rules may have changed, and what the others are busy with counts for who comes new.
for other in string.gmatch(others, '%S+') do
  relate(loadAgent(id), other, token)
  relate(loadAgent(other), id, token)
end
return describe(loadAgent(id))
