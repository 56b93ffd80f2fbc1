# What must not reach the log.
package system.log

mask contains "/input/password"

mask contains {"op": "upsert", "path": "/input/subject/email", "value": "**REDACTED**"} if input.input.subject.email

mask contains "/input" if input.input.confidential

mask contains "/result" if input.input.hide_result
