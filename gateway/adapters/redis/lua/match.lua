-- Picks and commits. Functions named plan… only read; all plans of a script are made before the first of them is carried out.

-- 'member=until member=until' as the set of those still in force, or nil.
local function inForce(text)
  if text == '' then return nil end
  local skip = { count = 0, members = {}, text = '', first = nil }
  for member, ends in string.gmatch(text, '(%S+)=(%d+)') do
    if tonumber(ends) > now then
      skip.count, skip.members[member], skip.text = skip.count + 1, true, skip.text .. member .. '=' .. ends .. ' '
      if not skip.first or tonumber(ends) < skip.first then skip.first = tonumber(ends) end
    end
  end
  return skip.count > 0 and skip or nil
end

-- The longest idle seat that may serve the call, with its agent; nil = the call has to wait. `served` = its signature's pools.
local function planCall(c, served)
  local seat = pick(SEATS, served or redis.call('LRANGE', P .. SERVED .. c.sig .. ':0', 0, -1), inForce(c.skip))
  if seat then seat.agent = load(AGENT, agentOf(seat.member), AGENT_FIELDS) end
  return seat
end

-- The oldest call in the highest band that the agent may serve; nil = the seat stays idle.
local function planAgent(a)
  local found = pick(CALLS, redis.call('LRANGE', P .. SERVES .. a.pool .. ':0', 0, -1), inForce(a.skip))
  if found then found.call = load(CALL, found.member, CALL_FIELDS) end
  return found
end

local function reserve(c, a, offer)
  local expires = now + c.ring
  c.st, c.agent, c.res = 'reserved', a.id, offer
  a.st, a.since, a.call, a.res = 'reserved', now, c.id, offer
  save(CALL, c, CALL_FIELDS)
  save(AGENT, a, AGENT_FIELDS)
  redis.call('SET', P .. OFFER .. offer, a.id .. US .. c.id)
  redis.call('ZADD', P .. LEASES, expires, offer)
  tellOffer(c, a, expires)
end

-- Carries out planCall: the call is offered, or waits with its score.
local function placeCall(c, seat, offer)
  if seat then
    take(seat)
    return reserve(c, seat.agent, offer)
  end
  c.st, c.agent, c.res = 'queued', '', ''
  save(CALL, c, CALL_FIELDS)
  put(CALLS, c.sig, c.id, c.score)
  redis.call('ZADD', P .. LINE .. c.queue, c.score, c.id)
end

-- Carries out planAgent: the agent is offered a call, or is idle with its idle sequence until somebody comes.
local function placeAgent(a, found, offer)
  if found then
    take(found)
    redis.call('ZREM', P .. LINE .. found.call.queue, found.call.id)
    return reserve(found.call, a, offer)
  end
  local skip = inForce(a.skip)
  a.st, a.since, a.skip = 'ready', now, skip and skip.text or ''
  save(AGENT, a, AGENT_FIELDS)
  put(SEATS, a.pool, seatOf(a.id), a.seq)
  if skip then redis.call('ZADD', P .. DUE, skip.first, a.id) end
  tellAgent(a)
end

-- What the agent does when whatever held the seat is over. The agent's last intent wins; `reason` = not ready any more because of it.
local function planNext(a, reason)
  if a.want == 'logout' then return { st = 'loggedOut' } end
  if a.want ~= '' then return { st = 'notReady', reason = string.sub(a.want, 10) } end
  if reason then return { st = 'notReady', reason = reason } end
  return { st = 'ready', found = planAgent(a) }
end

-- Carries out planNext. `keepsPlace` = the agent keeps the idle sequence it had.
local function settle(a, plan, offer, keepsPlace)
  a.call, a.res, a.want, a['until'] = '', '', '', ''
  if plan.st == 'ready' then
    if not keepsPlace or a.seq == '' then a.seq = redis.call('INCR', P .. IDLE_SEQ) end
    return placeAgent(a, plan.found, offer)
  end
  a.st, a.since, a.reason = plan.st, now, plan.reason or ''
  save(AGENT, a, AGENT_FIELDS)
  tellAgent(a)
  if plan.st == 'loggedOut' then redis.call('PEXPIRE', P .. AGENT .. a.id, KEEP_ENDED_MS) end
end

-- A finished call answers repeats for a while and then is gone.
local function finish(c)
  c.st = 'ended'
  save(CALL, c, CALL_FIELDS)
  redis.call('PEXPIRE', P .. CALL .. c.id, KEEP_ENDED_MS)
  if c.res ~= '' then redis.call('PEXPIRE', P .. OFFER .. c.res, KEEP_ENDED_MS) end
end

-- Withdraws an offer that nobody has accepted; its call and agent are then placed by the caller of this function.
local function withdraw(c, a, why)
  redis.call('DEL', P .. OFFER .. c.res)
  redis.call('ZREM', P .. LEASES, c.res)
  tellLoss(c, a, c.res, why)
  c.res, c.agent = '', ''
end
