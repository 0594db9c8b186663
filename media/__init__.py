"""What good photo evidence is: EXIF, position, time, duplicates, copies, the file store. Pure but the store."""
