-- What a photo shows, in the words of whoever sent it.
alter table source add column description text;
