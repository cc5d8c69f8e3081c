"""The office and its people: emblem, units, positions, accounts, invitations, roles, tenures, absences, acting holders.

Uses: verbs, text, security, data, journal, files, documents, notices.
Verbs: accept_invitation, add_location, add_people, add_position, add_positions, add_unit, add_units, assign_role,
begin_tenure, change_email, create_staff_member, delete_old_email_changes, end_absence, end_acting, end_tenure,
entrust_paper, invite, issue_setup_address, make_first_administrator, note_absence, read_absences, record_absence,
record_acting, remove_emblem, restore_emblem, revoke_role, set_active, set_emblem, set_password, set_up_office.
"""
