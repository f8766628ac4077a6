-- The agent and the call of an offer, or nil when it is no longer theirs: an offer id is a fencing token. Reads only.
local function loadOffer(offer)
  local held = redis.call('GET', P .. OFFER .. offer)
  if not held then return nil end
  local agent, call = string.match(held, '^([^|]*)|(.*)$')
  local a, c = loadAgent(agent), loadCall(call)
  if c.res ~= offer then return nil end
  return a, c
end
