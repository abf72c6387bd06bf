package dev.agenticmemory.engine;

import java.util.List;

/// Where agents keep files of their own.
public interface Workspaces {

  /// The workspaces that there are now: read anew at each call, so that agents come and go without
  /// a restart. None is an answer.
  ///
  /// Throws `Unavailable` where what names them cannot be read.
  List<Workspace> all();

  /// Those that somebody named and that cannot be found, a sentence each without a full stop: they
  /// may be misspelt, or not mounted.
  default List<String> missing() {
    return List.of();
  }

  /// What to do where there is none, as one sentence.
  String hint();
}
