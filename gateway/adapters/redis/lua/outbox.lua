-- Facts for the nodes concerned, written in the same step as the change (atomic outbox).
local OUTBOX_LENGTH = '10000'

local function tell(node, fact)
  run('XADD', P .. OUT .. node, 'MAXLEN', '~', OUTBOX_LENGTH, '*', 'e', fact)
end

-- The agent's state as replies and events carry it: phase, since, and what the phase has.
local function describe(a)
  local common = a.st .. US .. a.since .. US
  if a.st == 'notReady' then return common .. a.reason end
  if a.st == 'reserved' then return common .. a.call .. US .. a.res end
  if a.st == 'talking' then return common .. a.call end
  if a.st == 'wrapUp' then return common .. a.call .. US .. a.wrapEnd .. US .. a.wrapMax end
  return common
end

local function tellAgent(a)
  tell(a.node, 'agent' .. US .. a.id .. US .. at .. US .. describe(a))
end
