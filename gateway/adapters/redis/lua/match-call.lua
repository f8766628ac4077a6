-- A call meets the idle seats.

-- The personal seat, if its agent is idle. Reads only.
local function planPersonal(c, skip)
  local a = loadAgent(sub(c.sig, 2))
  local seat = seatOf(a.id)
  if a.st ~= 'ready' or (skip and skip.members[seat]) then return nil end
  local plan = leave(IDLE, IDLE_HEADS, a.pool, seat)
  plan.agent, plan.trigger, plan.others = a, 'personal', 0
  return plan
end

-- The best idle seat that may serve the call as its wait now asks, with its agent; nil = the call has to wait. Reads only.
local function planCall(c)
  c.due = bringUpToDate(c)
  local skip = inForce(c.skip)
  if isPersonal(c.sig) then return planPersonal(c, skip) end
  local seat = pick(IDLE, IDLE_HEADS, SERVED .. c.sig, skip)
  if seat then seat.agent, seat.trigger = loadAgent(holderOf(seat.member)), 'callCame' end
  return seat
end

-- Carries out planCall: the call is offered, or waits with its score. Saves the call.
local function placeCall(c, seat, offer)
  if seat then
    take(seat)
    reserve(c, seat.agent, { token = offer, trigger = seat.trigger, others = seat.others })
    return saveSeats(seat.agent, offer)
  end
  c.st, c.agent, c.res = 'queued', '', ''
  run('ZADD', P .. QUEUED .. c.sig, c.score, c.id)
  run('ZADD', P .. HEADS, 'LT', c.score, c.sig)
  if c.due then run('ZADD', P .. RELAX, c.due, c.id) end
  saveCall(c)
end
