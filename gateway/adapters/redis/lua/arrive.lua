-- uses: start keys fence records seats skip heads outbox offers match-call
-- A call joins its line: offered to the longest idle able agent, or queued. Also takes over a known call for another node, and puts
-- a call whose agent was lost back with its first score.
-- ARGV: nowMs; in one: request, call, queue, signature, band, node, ringTimeoutMs, isReturning (1/0), offer token
-- Returns 'queued' | 'reserved' | 'undefined' (signature not written yet) | VG_NOT_QUEUED (it talks, or has ended)
local request, id, queue, signature, band, node, ring, returning, token = fields('sssssssss', ARGV[2])
local isReturning = returning == '1'
local c = loadCall(id)
local isDone = seen(c, request)
if isDone then return c.st == 'queued' and 'queued' or 'reserved' end
local isRefused = isDone == false or (not isReturning and (c.st == 'connected' or c.st == 'ended'))
if isRefused then return refuse(saveCall, c, request, 'VG_NOT_QUEUED' .. US .. 'call ' .. c.st) end

if c.st == 'queued' or c.st == 'reserved' then
  local isMoved, a = c.node ~= node, c.st == 'reserved' and loadAgent(c.agent)
  local expires = a and run('ZSCORE', P .. LEASES, c.res)
  c.node = node
  remember(c, request)
  saveCall(c)
  if a and isMoved then tellOffer(c, a, expires, c.node) end
  return c.st
end
-- A key counts as often as it is named: 2 for a known signature, 1 more when anybody idles.
local served = P .. SERVED .. signature .. ':0'
local known = run('EXISTS', served, served, P .. IDLE_HEADS)
if known < 2 then return 'undefined' end

c.sig, c.queue, c.node, c.ring, c.wait, c.res = signature, queue, node, ring, '', ''
local seat = known == 3 and planCall(c)
if c.score == '' then
  c.score, c.t0 = format('%.0f', tonumber(band) * 17592186044416 + run('INCR', P .. SEQ)), at
end
remember(c, request)
placeCall(c, seat, token)
return c.st
