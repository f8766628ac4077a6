-- uses: keys fence records outbox held
-- The agent's phone answered. Exactly one of accept, release, abandon and reap wins an offer: all compare the offer id.
-- ARGV: nowMs, request, offer
-- Returns waitMs | VG_OFFER_LOST
local request, offer = ARGV[2], ARGV[3]
local a, c = loadOffer(offer)
if not a then return 'VG_OFFER_LOST' .. US .. 'the offer is over' end
if c.st == 'connected' then return c.wait end
if c.st ~= 'reserved' then return seen(c.log, request) or 'VG_OFFER_LOST' .. US .. 'call ' .. c.st end

c.st, c.wait = 'connected', string.format('%.0f', now - c.t0)
a.st, a.since = 'talking', now
remember(c, request, c.wait)
redis.call('ZREM', P .. LEASES, offer)
saveCall(c)
saveAgent(a)
tellAgent(a)
return c.wait
