-- uses: start keys fence records seats skip heads leave outbox turn offers match-agent relate log-fact
-- The conversation ended: the call is over (unless it went back to its line), the agent goes to wrap-up or on. What is open among others
-- has no wrap-up.
-- ARGV: nowMs; in one: request, call, agent, wrapUpMs, offer token, the longest that the agent may make it, ms, fact: that it ended
-- Returns the agent's state | VG_AGENT_STATE (the agent does not talk with this call)
local request, callId, agentId, wrapUp, token, longest, fact = fields('sssssss', ARGV[2])
local wrapUpMs = tonumber(wrapUp)
local a, c = loadBoth(agentId, callId)
local isDone = seen(a, request)
if isDone then return describe(a) end
local isTalking, isOpen = a.st == 'talking' and a.call == c.id, a.open ~= '' and has(a.open, c.id)
local isConnected = c.st == 'connected' and c.agent == a.id
if isDone == false or not (isTalking or isOpen or isConnected) then
  return refuse(saveAgent, a, request, 'VG_AGENT_STATE' .. US .. 'not talking with this call')
end
local hasWrapUp = isTalking and wrapUpMs > 0 and a.want ~= 'logout'
local next = isOpen and planClosed(a, c.id) or isTalking and not hasWrapUp and planNext(a)

a.hasWorked = true
logFact(fact)
if isConnected then
  c.st = 'ended'
  saveCall(c)
end
if next then
  settle(a, next, token, false)
elseif hasWrapUp then
  a.st, a.since, a.wrapEnd, a.wrapMax, a.res = 'wrapUp', at, format('%.0f', now + wrapUpMs), format('%.0f', now + longest), ''
  run('ZADD', P .. DUE, a.wrapEnd, a.id)
  tellAgent(a)
elseif isOpen then
  tellAgent(a)
end
remember(a, request)
return describe(saveSeats(a, token))
