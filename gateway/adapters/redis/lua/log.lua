-- uses: start keys log-fact
-- Writes a fact that comes with no change.
-- ARGV: nowMs, fact
-- Returns 'ok'
logFact(ARGV[2])
return 'ok'
