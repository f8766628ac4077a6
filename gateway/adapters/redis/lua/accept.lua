-- uses: start keys fence records outbox held
-- The agent's phone answered. Exactly one of accept, release, abandon and reap wins an offer: all compare the offer id.
-- ARGV: nowMs; in one: request, offer
-- Returns waitMs | VG_OFFER_LOST
local request, offer = fields('ss', ARGV[2])
local c = loadOffer(offer)
if not c then return 'VG_OFFER_LOST' .. US .. 'the offer is over' end
if c.st == 'connected' or seen(c, request) then return c.wait end
if c.st ~= 'reserved' then return 'VG_OFFER_LOST' .. US .. 'call ' .. c.st end
local a = loadAgent(c.agent)

c.st, c.wait = 'connected', format('%.0f', now - c.t0)
a.st, a.since, a.partner = 'talking', at, c
remember(c, request)
run('ZREM', P .. LEASES, offer)
saveAgent(a)
tellAgent(a)
return c.wait
