-- Each statement may run twice: MariaDB commits a change of a table by itself, so a migration that broke off is begun again.
CREATE TABLE IF NOT EXISTS events (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  name VARCHAR(120) NOT NULL,
  description TEXT NOT NULL,
  venue VARCHAR(120) NOT NULL,
  created_at DATETIME NOT NULL DEFAULT UTC_TIMESTAMP()
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

CREATE TABLE IF NOT EXISTS event_categories (
  event_id INT UNSIGNED NOT NULL,
  category VARCHAR(40) NOT NULL,
  PRIMARY KEY (event_id, category),
  KEY by_category (category, event_id),
  CONSTRAINT category_of FOREIGN KEY (event_id) REFERENCES events (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

-- `revision` counts the changes of the row, so that their sum counts the changes of all seats.
CREATE TABLE IF NOT EXISTS sessions (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  event_id INT UNSIGNED NOT NULL,
  starts_at DATETIME NOT NULL,
  seats INT UNSIGNED NOT NULL,
  taken INT UNSIGNED NOT NULL DEFAULT 0,
  waiting INT UNSIGNED NOT NULL DEFAULT 0,
  joined INT UNSIGNED NOT NULL DEFAULT 0,
  revision INT UNSIGNED NOT NULL DEFAULT 1,
  KEY by_event (event_id, starts_at),
  CONSTRAINT session_of FOREIGN KEY (event_id) REFERENCES events (id),
  CONSTRAINT never_oversold CHECK (taken <= seats)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
