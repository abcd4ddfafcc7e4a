#!/bin/sh
# Run once, by the postgres image, when its volume is new: a database and a user for each service, and no others in it.
set -eu

for service in intake routing notify; do
    case $service in
        intake) password=$INTAKE_DATABASE_PASSWORD ;;
        routing) password=$ROUTING_DATABASE_PASSWORD ;;
        notify) password=$NOTIFY_DATABASE_PASSWORD ;;
    esac
    psql --quiet --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname=postgres \
        --set=name="arende_$service" --set=password="$password" <<'SQL'
CREATE ROLE :"name" LOGIN PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"name";
REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
SQL
done
