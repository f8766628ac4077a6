-- uses: keys fence heads outbox match
-- The conversation ended: the call is over (unless it went back to its line), the agent goes to wrap-up or on.
-- ARGV: nowMs, request, call, agent, wrapUpMs, offer
-- Returns the agent's state | VG_AGENT_STATE (the agent does not talk with this call)
local request, wrapUpMs, offer = ARGV[2], tonumber(ARGV[5]), ARGV[6]
local a, c = load(AGENT, ARGV[4], AGENT_FIELDS), load(CALL, ARGV[3], CALL_FIELDS)
local before = seen(a.log, request)
if before then return before end
local isTalking = a.st == 'talking' and a.call == c.id
local isConnected = c.st == 'connected' and c.agent == a.id
if not isTalking and not isConnected then return refuse(AGENT, a, request, 'VG_AGENT_STATE' .. US .. 'not talking with this call') end
local hasWrapUp = wrapUpMs > 0 and a.want ~= 'logout'
local next = isTalking and not hasWrapUp and planNext(a)

if isConnected then finish(c) end
if next then
  settle(a, next, offer, false)
elseif isTalking then
  a.st, a.since, a['until'], a.res = 'wrapUp', now, string.format('%.0f', now + wrapUpMs), ''
  redis.call('ZADD', P .. DUE, a['until'], a.id)
  tellAgent(a)
end
local reply = remember(a, request, describe(a))
save(AGENT, a, AGENT_FIELDS)
return reply
