-- uses: start keys fence records seats skip heads leave outbox turn offers match-agent relate route match-call withdraw lose
-- The agent signs out. An open offer goes on to the next agent in the same step; a talk is never cut: then it takes effect after it.
-- ARGV: nowMs; in one: request, agent, offer token for the call
-- Returns the agent's state
local request, id, token = fields('sss', ARGV[2])
local a = loadAgent(id)
if seen(a, request) then return describe(a) end
local isSignedIn = a.st ~= '' and a.st ~= 'loggedOut'
if not isSignedIn then a.st = 'loggedOut' end
local waiting = waitingFor(a)
local place = a.st == 'ready' and leave(IDLE, IDLE_HEADS, a.pool, seatOf(a.id))
local c = a.st == 'reserved' and loadCall(a.call)
if c then
  a.want = 'logout'
  lose(c, a, { why = 'agentLeft', callToken = token, agentToken = '' })
elseif a.st == 'talking' then
  a.want = 'logout'
  if a.slots ~= '' then tellAgent(a) end
elseif isSignedIn then
  if place then take(place) end
  a.want = 'logout'
  settle(a, planNext(a), '', false)
end
sendOn(waiting)
remember(a, request)
return describe(saveSeats(a, token))
