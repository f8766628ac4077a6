-- uses: keys fence heads outbox match
-- The agent wants calls: takes the oldest able call at once, or idles. Ends wrap-up. While reserved or talking it takes back an
-- earlier wish to pause.
-- ARGV: nowMs, request, agent, offer
-- Returns the agent's state | VG_AGENT_UNKNOWN (not signed in)
local request, offer = ARGV[2], ARGV[4]
local a = load(AGENT, ARGV[3], AGENT_FIELDS)
local before = seen(a.log, request)
if before then return before end
if a.st == '' or a.st == 'loggedOut' then return refuse(AGENT, a, request, 'VG_AGENT_UNKNOWN' .. US .. 'not signed in') end
local isBusy = a.st == 'reserved' or a.st == 'talking'
a.want = ''
if not isBusy and a.st ~= 'ready' then settle(a, planNext(a), offer, false) end
local reply = remember(a, request, describe(a))
save(AGENT, a, AGENT_FIELDS)
return reply
