-- uses: keys fence records seats skip heads outbox offers match-agent
-- The conversation ended: the call is over (unless it went back to its line), the agent goes to wrap-up or on.
-- ARGV: nowMs, request, call, agent, wrapUpMs, offer
-- Returns the agent's state | VG_AGENT_STATE (the agent does not talk with this call)
local request, wrapUpMs, offer = ARGV[2], tonumber(ARGV[5]), ARGV[6]
local a, c = loadAgent(ARGV[4]), loadCall(ARGV[3])
local before = seen(a.log, request)
if before then return before end
local isTalking = a.st == 'talking' and a.call == c.id
local isConnected = c.st == 'connected' and c.agent == a.id
if not isTalking and not isConnected then return refuse(saveAgent, a, request, 'VG_AGENT_STATE' .. US .. 'not talking with this call') end
local hasWrapUp = wrapUpMs > 0 and a.want ~= 'logout'
local next = isTalking and not hasWrapUp and planNext(a)

if isConnected then
  c.st = 'ended'
  saveCall(c)
end
if next then
  settle(a, next, offer, false)
elseif isTalking then
  a.st, a.since, a.wrapEnd, a.res = 'wrapUp', now, now + wrapUpMs, ''
  redis.call('ZADD', P .. DUE, a.wrapEnd, a.id)
  tellAgent(a)
end
local reply = remember(a, request, describe(a))
saveAgent(a)
return reply
