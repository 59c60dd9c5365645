-- PostgreSQL alone: here tasks are written before the line of their request.
SELECT 1;
