-- uses: keys fence heads outbox match
-- A call joins its line: offered to the longest idle able agent, or queued. Also takes over a known call for another node, and puts
-- a call whose agent was lost back with its first score.
-- ARGV: nowMs, request, call, queue, signature, band, node, ringTimeoutMs, isReturning (1/0), offer
-- Returns 'queued' | 'reserved' | 'undefined' (signature not written yet) | VG_NOT_QUEUED (it talks, or has ended)
local request, queue, signature, offer = ARGV[2], ARGV[4], ARGV[5], ARGV[10]
local isReturning = ARGV[9] == '1'
local c = load(CALL, ARGV[3], CALL_FIELDS)
local before = seen(c.log, request)
if before then return before end

if c.st == 'queued' or c.st == 'reserved' then
  local a = c.st == 'reserved' and load(AGENT, c.agent, AGENT_FIELDS)
  local isMoved = c.node ~= ARGV[7]
  c.node = ARGV[7]
  remember(c, request, c.st)
  save(CALL, c, CALL_FIELDS)
  if a and isMoved then tellOffer(c, a, redis.call('ZSCORE', P .. LEASES, c.res), c.node) end
  return c.st
end
if c.st ~= '' and not isReturning then return refuse(CALL, c, request, 'VG_NOT_QUEUED' .. US .. 'call ' .. c.st) end

local served = redis.call('LRANGE', P .. SERVED .. signature .. ':0', 0, -1)
if #served == 0 then return 'undefined' end
c.sig, c.queue, c.node, c.ring, c.wait = signature, queue, ARGV[7], ARGV[8], ''
local seat = planCall(c, served)

if c.st == 'ended' then redis.call('PERSIST', P .. CALL .. c.id) end
if c.res ~= '' then redis.call('DEL', P .. OFFER .. c.res) end
if c.score == '' then
  c.score, c.t0 = string.format('%.0f', tonumber(ARGV[6]) * 17592186044416 + redis.call('INCR', P .. SEQ)), now
end
remember(c, request, seat and 'reserved' or 'queued')
placeCall(c, seat, offer)
return c.st
