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

-- Of so many seats of a pool, those longest idle, the one whose agent has spent the smallest share of time on calls as of now; of equal ones
-- the one longest idle, which comes first. Returns also how many were looked at. Reads only.
local function leastIn(pool, most, skip)
  local members, keys, best = run('ZRANGE', P .. IDLE .. pool, '0', most - 1), {}, nil
  for at, member in ipairs(members) do keys[at] = P .. AGENT .. holderOf(member) end
  for at, text in ipairs(run('MGET', unpack(keys))) do
    local share = shareIn(text)
    if share and (not best or share < best.share) and not (skip and skip.members[members[at]]) then
      best = { pool = pool, member = members[at], share = share }
    end
  end
  return best, #keys
end

local function turnOfSeat(one)
  return tonumber(run('ZSCORE', P .. IDLE .. one.pool, one.member))
end

-- The same of all pools that are as good as that of this seat. So many are compared at most: as many cost about two hundred us.
local COMPARED = 100
local function leastOccupied(seat, ids, skip)
  local tier, left, best = run('ZSCORE', P .. ids, seat.id), COMPARED, nil
  for _, pool in ipairs(byHead(IDLE_HEADS, ids)) do
    if left > 0 and run('ZSCORE', P .. ids, pool) == tier then
      local one, count = leastIn(pool, left, skip)
      left = left - count
      local isBetter = one and (not best or one.share < best.share or (one.share == best.share and turnOfSeat(one) < turnOfSeat(best)))
      if isBetter then best = one end
    end
  end
  if not best then return seat end
  local plan = leave(IDLE, IDLE_HEADS, best.pool, best.member)
  plan.others = seat.others
  return plan
end

-- The best idle seat that may serve the call as its wait now asks, with its agent; nil = the call has to wait. Reads only.
local function planCall(c)
  c.due = bringUpToDate(c)
  local skip = inForce(c.skip)
  if isPersonal(c.sig) then return planPersonal(c, skip) end
  local seat = pick(IDLE, IDLE_HEADS, SERVED .. c.sig, skip)
  if not seat then return nil end
  local a = loadAgent(holderOf(seat.member))
  if isByShare(a.rank) then
    seat = leastOccupied(seat, SERVED .. c.sig, skip)
    a = loadInstead(holderOf(seat.member))
  end
  seat.agent, seat.trigger = a, 'callCame'
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
