-- uses: start keys fence records seats skip heads leave outbox turn offers match-agent relate route match-call withdraw lose held
-- The offer ended without an answer. An offer that is over already is released: a repeat changes nothing.
-- ARGV: nowMs; in one: request, offer, why, reofferMs, offer token for the call, offer token for the agent
-- Returns 'ok' | VG_OFFER_LOST (it was accepted)
local _, offer, why, reofferMs, callToken, agentToken = fields('ssssss', ARGV[2])
local c = loadOffer(offer)
if not c or c.st == 'ended' then return 'ok' end
if c.st ~= 'reserved' then return 'VG_OFFER_LOST' .. US .. 'the offer was accepted' end
local a = loadAgent(c.agent)
lose(c, a, { why = why, reofferMs = reofferMs, callToken = callToken, agentToken = agentToken })
saveSeats(a, agentToken)
return 'ok'
