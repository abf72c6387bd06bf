package dev.agenticmemory.http;

import dev.agenticmemory.domain.InvalidInput;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.domain.RunId;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.engine.Caller;
import dev.agenticmemory.json.Arguments;
import dev.agenticmemory.store.Selection;
import org.jspecify.annotations.Nullable;

/// One request to a [Route].
///
/// @param id what stands in the path in place of the variable; empty where there is none
/// @param arguments the members of the body, or the parameters of the query
record Call(Caller caller, String id, Arguments arguments) {

  private static final int ID_CHARS_SHOWN = 64;

  /// Whose memories are meant. A caller that is bound need not say.
  @Nullable UserId user() {
    UserId user = arguments.user();
    if (user == null && !caller.bound()) {
      throw new InvalidInput("user_id", "is missing", "Pass whose memories are meant.");
    }
    return user;
  }

  /// The run that is asked for, or long-term memory.
  Selection.Runs runs() {
    RunId run = arguments.run();
    return run == null ? new Selection.Runs.LongTerm() : new Selection.Runs.Only(run);
  }

  /// The id in the path.
  MemoryId memoryId() {
    return memoryId(id);
  }

  /// An id that no memory can have is as unknown as one that none has.
  static MemoryId memoryId(String text) {
    try {
      return MemoryId.parse(text);
    } catch (InvalidInput _) {
      throw new Problem(
          Problem.NOT_FOUND,
          "No memory with id " + text.substring(0, Math.min(text.length(), ID_CHARS_SHOWN)));
    }
  }
}
