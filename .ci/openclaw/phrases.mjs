// What people say, and the tool that OpenClaw's tool search is to find first for it.
const recall = ["search_memory", "search_combined"];

export const PHRASES = [
  ["remember this", "add_memory"],
  ["keep in mind that I prefer tea", "add_memory"],
  ["don't forget that the deadline is on Friday", "add_memory"],
  ["note that we chose Postgres", "add_memory"],
  ["save this decision", "add_memory"],
  ["what did we decide", ...recall],
  ["do you remember what I said about the budget", ...recall],
  ["what do you know about my sister", ...recall],
  ["recall my preferences", ...recall],
  ["that project from before", "search_combined"],
  ["catch me up on last week", "search_combined"],
  ["what were we doing yesterday", "search_combined"],
  ["forget everything about", "delete_by_user_id"],
  ["erase all my data", "delete_by_user_id"],
  ["forget today's session", "delete_by_run_id"],
  ["forget that, it was wrong", "delete_memory"],
  ["correct what you know, it has changed", "update_memory"],
  ["show everything that is stored", "list_memories"],
  ["how did this memory change", "memory_history"],
  ["read the whole text of a memory", "get_memory"],
];
