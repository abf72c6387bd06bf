// The plugin's entry: which hook of OpenClaw does what. All work is in lib/.
import { registerMemory } from "./lib/register.js";

export default {
  id: "agentic-memory",
  name: "Agentic Memory",
  description: "Captures every turn into the diary, and recalls what matters at the next one",
  register: registerMemory,
};
