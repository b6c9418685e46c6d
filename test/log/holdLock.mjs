// Holds the lock of the log named by the first argument, as a server does, until it is killed.
import Database from "better-sqlite3"

const lock = new Database(`${process.argv[2]}.lock`, { timeout: 0 })
lock.exec("BEGIN EXCLUSIVE")
process.stdout.write("held\n")
process.stdin.resume()
