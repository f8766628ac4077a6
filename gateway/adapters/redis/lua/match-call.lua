-- A call meets the idle seats.

-- The longest idle seat that may serve the call, with its agent; nil = the call has to wait. Reads only.
local function planCall(c)
  local seat = pick(IDLE, IDLE_HEADS, SERVED .. c.sig .. ':0', inForce(c.skip))
  if seat then seat.agent = loadAgent(agentOf(seat.member)) end
  return seat
end

-- Carries out planCall: the call is offered, or waits with its score. Saves the call.
local function placeCall(c, seat, offer)
  if seat then
    take(seat)
    reserve(c, seat.agent, offer)
    return saveAgent(seat.agent)
  end
  c.st, c.agent, c.res = 'queued', '', ''
  run('ZADD', P .. QUEUED .. c.sig, c.score, c.id)
  run('ZADD', P .. HEADS, 'LT', c.score, c.sig)
  saveCall(c)
end
