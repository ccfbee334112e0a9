-- The dashboard counts the last sixty days of an organization: from the index alone.
create index scan_counted on scan (organization_id, visitor_kind, at);
create index conversation_started on conversation (organization_id, started_at);
