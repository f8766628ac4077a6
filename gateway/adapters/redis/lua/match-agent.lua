-- An agent meets the waiting calls. These functions leave saving the agent to the verb, which adds its reply.

-- The oldest call in the highest band that the agent may serve or that waits for this agent; nil = the seat stays idle. Reads only.
local function planAgent(a)
  local skip, own = inForce(a.skip), '@' .. a.id
  local found = pick(QUEUED, HEADS, SERVES .. a.pool, skip)
  if found then found.trigger = 'agentCame' end
  local personal = run('ZSCORE', P .. HEADS, own) and firstOf(QUEUED, HEADS, own, skip)
  if personal and (not found or personal.score < rankOf(found, SERVES .. a.pool)) then
    personal.trigger, personal.others, found = 'personal', 0, personal
  end
  if found then found.call = loadCall(found.member) end
  return found
end

-- Carries out planAgent: the agent is offered a call, or is idle with its turn until somebody comes.
local function placeAgent(a, found, offer)
  if found then
    take(found)
    return reserve(found.call, a, { token = offer, trigger = found.trigger, others = found.others })
  end
  local skip = inForce(a.skip)
  a.st, a.since, a.skip = 'ready', at, skip and skip.text or ''
  run('ZADD', P .. IDLE .. a.pool, a.seq, seatOf(a.id))
  run('ZADD', P .. IDLE_HEADS, 'LT', a.seq, a.pool)
  if skip then run('ZADD', P .. DUE, skip.first, a.id) end
  tellAgent(a)
end

-- The calls that wait for this very agent. Reads only.
local function waitingFor(a)
  return run('ZRANGE', P .. QUEUED .. '@' .. a.id, '0', '-1')
end

-- They would wait for nobody: the next reap sends them on (isInVain in route.lua).
local function sendOn(calls)
  for _, id in ipairs(calls or {}) do run('ZADD', P .. RELAX, 'LT', at, id) end
end

-- What the agent does when whatever held the seat is over. The agent's last intent wins; `reason` = not ready any more because of it.
-- Who signs out with work open stays for that alone. Reads only.
local function planNext(a, reason)
  if a.pool == '' then return { st = 'loggedOut', waiting = waitingFor(a) } end
  if a.want == 'logout' then return a.open == '' and { st = 'loggedOut', waiting = waitingFor(a) } or { st = 'notReady', reason = 'agentLeft', want = 'logout', waiting = waitingFor(a) } end
  if a.want ~= '' then return { st = 'notReady', reason = sub(a.want, 10), waiting = waitingFor(a) } end
  if reason then return { st = 'notReady', reason = reason, waiting = waitingFor(a) } end
  if a.open ~= '' and isFull(a) then return { st = 'talking' } end
  if a.blockedBy ~= '' then return { st = 'blocked' } end
  return { st = 'ready', found = planAgent(a) }
end

-- Carries out planNext. `keepsPlace` = the agent keeps the turn it had.
local function settle(a, plan, offer, keepsPlace)
  if a.st == 'wrapUp' then a.hasWorked = true end
  a.call, a.res, a.want, a.wrapEnd, a.wrapMax = '', '', plan.want or '', '', ''
  endWork(a)
  if plan.st == 'ready' then
    if not keepsPlace or a.seq == '' then a.seq = turnOf(a) end
    return placeAgent(a, plan.found, offer)
  end
  a.st, a.since, a.reason = plan.st, at, plan.reason or ''
  if not keepsPlace then a.seq = '' end
  sendOn(plan.waiting)
  tellAgent(a)
end

-- A call that is open among others is over. Returns what the agent does next; nil = that changes nothing. Reads only the store.
local function planClosed(a, id)
  a.open = without(a.open, id)
  if a.st == 'talking' or (a.want == 'logout' and a.open == '') then return planNext(a) end
end
