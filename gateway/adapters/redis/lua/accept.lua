-- uses: start keys fence records seats skip heads leave outbox turn offers match-agent relate held log-fact
-- The agent's phone answered, or the agent took the offer on the screen. Exactly one of accept, release, abandon and reap wins an offer: all compare the offer id.
-- ARGV: nowMs; in one: request, offer, offer token for the agent's next free slot, fact: that the work is answered
-- Returns waitMs | VG_OFFER_LOST
local request, offer, token, fact = fields('ssss', ARGV[2])
local c = loadOffer(offer)
if not c then return 'VG_OFFER_LOST' .. US .. 'the offer is over' end
if c.st == 'connected' or seen(c, request) then return c.wait end
if c.st ~= 'reserved' then return 'VG_OFFER_LOST' .. US .. 'call ' .. c.st end
local a = loadAgent(c.agent)

c.st, c.wait = 'connected', format('%.0f', now - c.t0)
remember(c, request)
logFact(fact, c.wait)
if a.slots == '' then
  a.st, a.since, a.partner = 'talking', at, c
  run('ZREM', P .. LEASES, offer)
  saveAgent(a)
  tellAgent(a)
  return c.wait
end

a.open = a.open .. c.id .. ' '
local next = planNext(a)
run('ZREM', P .. LEASES, offer)
saveCall(c)
settle(a, next, token, false)
saveSeats(a, token)
return c.wait
