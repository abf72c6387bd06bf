package dev.agenticmemory.engine;

import dev.agenticmemory.domain.AgentId;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The files of one agent: a diary of each day, and the notes that it keeps for good.
///
/// Others write these files at the same time: each call reads what is there now. Every method
/// throws `Unavailable` where a file is there and cannot be read.
public interface Workspace {

  /// Whose files they are.
  AgentId agent();

  /// Whether its diaries are within reach: a folder that is not mounted has no days, and says
  /// nothing.
  boolean isThere();

  /// The days of `from` and later that have a diary, oldest first.
  List<LocalDate> days(LocalDate from);

  /// The entries of all diaries of a day, in the order of the files' names and of their places
  /// there.
  List<Entry> entries(LocalDate day);

  /// The agent's notes, section by section; empty where it has no such file.
  Optional<Notes> notes();

  /// One entry of a diary.
  ///
  /// @param heading what it is headed by, as it is written; empty where it has no heading
  /// @param source all of it as it is written, its heading first, by which it is known again
  /// @param text what of it is worth remembering; empty where it is noise
  /// @param at when it was written, as far as it says so
  /// @param session the session that it is of; null where it does not say
  /// @param last when its file was changed last, where it is the last entry there and so may still
  ///   be written; null for every other
  record Entry(
      String heading,
      String source,
      String text,
      @Nullable Instant at,
      @Nullable String session,
      @Nullable Instant last) {

    /// What stands below the heading, as it is written.
    String body() {
      return source.substring(heading.length()).strip();
    }
  }

  /// What an agent keeps for good.
  ///
  /// @param changed when the file was changed last
  record Notes(List<Section> sections, Instant changed) {
    public Notes {
      sections = List.copyOf(sections);
    }
  }

  /// One section of the notes.
  ///
  /// @param name its headings from the outermost on, joined; empty above the first one
  /// @param place which of the sections of this name it is, from 1 on
  /// @param items what it says, one thing each, in order
  record Section(String name, int place, List<String> items) {
    public Section {
      items = List.copyOf(items);
    }

    /// An item with what it is about.
    String text(String item) {
      return name.isEmpty() ? item : name + ": " + item;
    }
  }
}
