-- Facts for the nodes concerned, written in the same step as the change (atomic outbox).
local OUTBOX_LENGTH = 10000

local function tell(node, ...)
  redis.call('XADD', P .. OUT .. node, 'MAXLEN', '~', OUTBOX_LENGTH, '*', 'e', table.concat({ ... }, US))
end

-- The agent's state as replies and events carry it: phase, since, and what the phase has.
local function describe(a)
  local common = a.st .. US .. a.since .. US
  if a.st == 'notReady' then return common .. a.reason end
  if a.st == 'reserved' then return common .. a.call .. US .. a.res end
  if a.st == 'talking' then return common .. a.call end
  if a.st == 'wrapUp' then return common .. a.call .. US .. a['until'] end
  return common
end

local function tellAgent(a)
  tell(a.node, 'agent', a.id, now, describe(a))
end

-- An offer also tells the agent's node that the agent is reserved, so there is no second entry for that.
local function tellOffer(c, a, expires, onlyNode)
  local fact = table.concat({ 'made', a.res, c.id, a.id, c.queue, now, expires, c.t0, c.node, a.node }, US)
  if onlyNode then return tell(onlyNode, fact) end
  tell(c.node, fact)
  if a.node ~= c.node then tell(a.node, fact) end
end

local function tellLoss(c, a, offer, why)
  tell(c.node, 'lost', offer, c.id, a.id, why, now)
  if a.node ~= c.node then tell(a.node, 'lost', offer, c.id, a.id, why, now) end
end
