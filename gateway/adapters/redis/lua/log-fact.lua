-- A fact of the queue's log, in the same step as what it tells: whoever dies next, it is told. FACT is its JSON, '' for none; `wait` is put in it, in ms.
local FACTS_LENGTH = '200000' -- as in fact-stream.ts

local function logFact(fact, wait)
  if fact == '' then return end
  if wait then fact = sub(fact, 1, -2) .. ',"waitMs":' .. wait .. '}' end
  run('XADD', P .. FACTS, 'MAXLEN', '~', FACTS_LENGTH, '*', 'f', fact)
end
