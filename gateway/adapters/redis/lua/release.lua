-- uses: keys fence records seats skip heads outbox offers match-call match-agent withdraw lose held
-- The offer ended without an answer. An offer that is over already is released: a repeat changes nothing.
-- ARGV: nowMs, request, offer, why, reofferMs, offer for the call, offer for the agent
-- Returns 'ok' | VG_OFFER_LOST (it was accepted)
local a, c = loadOffer(ARGV[3])
if not a or c.st == 'ended' then return 'ok' end
if c.st ~= 'reserved' then return 'VG_OFFER_LOST' .. US .. 'the offer was accepted' end
lose(c, a, { why = ARGV[4], reofferMs = ARGV[5], callOffer = ARGV[6], agentOffer = ARGV[7] })
saveAgent(a)
return 'ok'
