-- Counts the changes of accounts, whichever program makes them: a running server reads here that another
-- one, such as the command line, has changed something.
CREATE TABLE account_changes (count INTEGER NOT NULL) STRICT;
INSERT INTO account_changes VALUES (0);

CREATE TRIGGER user_changed
AFTER UPDATE OF username, password_hash, role, must_change_password, disabled, expires_at ON users
BEGIN UPDATE account_changes SET count = count + 1; END;

CREATE TRIGGER user_deleted AFTER DELETE ON users
BEGIN UPDATE account_changes SET count = count + 1; END;

CREATE TRIGGER session_changed AFTER UPDATE OF user_id, token_hash, kind, role, expires_at ON sessions
BEGIN UPDATE account_changes SET count = count + 1; END;

CREATE TRIGGER session_deleted AFTER DELETE ON sessions
BEGIN UPDATE account_changes SET count = count + 1; END;

CREATE TRIGGER role_made AFTER INSERT ON roles
BEGIN UPDATE account_changes SET count = count + 1; END;

CREATE TRIGGER role_changed AFTER UPDATE ON roles
BEGIN UPDATE account_changes SET count = count + 1; END;

CREATE TRIGGER role_deleted AFTER DELETE ON roles
BEGIN UPDATE account_changes SET count = count + 1; END;
