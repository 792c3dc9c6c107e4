-- `visitor` is the SHA-256 of the token in a visitor's cookie; `turn` is the place in the order of those who began to wait.
CREATE TABLE IF NOT EXISTS bookings (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  code CHAR(9) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  session_id INT UNSIGNED NOT NULL,
  visitor BINARY(32) NOT NULL,
  idempotency_key VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  name VARCHAR(80) NOT NULL,
  seats TINYINT UNSIGNED NOT NULL,
  state ENUM('confirmed', 'waiting', 'cancelled') NOT NULL,
  turn INT UNSIGNED NULL,
  created_at DATETIME NOT NULL DEFAULT UTC_TIMESTAMP(),
  UNIQUE KEY once (idempotency_key),
  UNIQUE KEY by_code (code),
  KEY of_session (session_id, state, turn),
  KEY of_visitor (visitor, id),
  CONSTRAINT booking_of FOREIGN KEY (session_id) REFERENCES sessions (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
