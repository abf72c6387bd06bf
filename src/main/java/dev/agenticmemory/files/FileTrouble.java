package dev.agenticmemory.files;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/// What went wrong with a file, in words for people: Java's messages are often only its name.
public final class FileTrouble {

  private FileTrouble() {}

  /// One sentence without a full stop.
  public static String of(IOException e) {
    return switch (e) {
      case AccessDeniedException denied -> "There is no permission for " + denied.getFile();
      case NoSuchFileException missing -> missing.getFile() + " is not there";
      case NotDirectoryException file -> file.getFile() + " is no folder";
      case FileAlreadyExistsException there -> there.getFile() + " is there already";
      case FileSystemException other when other.getReason() != null ->
          "%s: %s".formatted(other.getFile(), other.getReason());
      default -> String.valueOf(e.getMessage());
    };
  }
}
