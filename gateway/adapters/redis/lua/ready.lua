-- uses: start keys fence records seats skip heads leave outbox turn offers match-agent relate signed-in
-- The agent wants calls: takes the oldest able call at once, or idles. Ends wrap-up. While reserved or talking it takes back an
-- earlier wish to pause.
-- ARGV: nowMs; in one: request, agent, offer token, the key of a registration that there must be ('' = none)
-- Returns the agent's state | VG_AGENT_UNKNOWN (not signed in) | VG_PHONE_UNREGISTERED
local request, id, token, registration = fields('ssss', ARGV[2])
local a = loadAgent(id)
if registration ~= '' and a.st ~= '' and a.st ~= 'loggedOut' and not seen(a, request) and run('EXISTS', registration) == 0 then
  return refuse(saveAgent, a, request, 'VG_PHONE_UNREGISTERED' .. US .. 'the phone is not registered')
end
if not isSignedIn(a, request) then return notSignedIn(a, request) end
if seen(a, request) then return describe(a) end
local takesBack = a.want ~= '' and a.slots ~= ''
a.want = ''
if a.st == 'notReady' or a.st == 'wrapUp' then settle(a, planNext(a), token, false) elseif takesBack then tellAgent(a) end
remember(a, request)
return describe(saveSeats(a, token))
