"""Setup."""

ADDRESSES = """
                                                           none  dora  ada   bert  nils  carol eva   otto  hanna root
GET  /setup/                                               302   404   404   404   404   404   403   403   403   200
POST /setup/                                               401   404   404   404   404   404   403   403   403   405
GET  /setup/people                                         302   404   404   404   404   404   403   403   403   200
GET  /setup/people?role=agent                              302   404   404   404   404   404   403   403   403   200
GET  /setup/people?q=ada                                   302   404   404   404   404   404   403   403   403   200
POST /setup/people                                         401   404   404   404   404   404   403   403   403   405
GET  /setup/people/new                                     302   404   404   404   404   404   403   403   403   200
POST /setup/people/new                                     401   404   404   404   404   404   403   403   403   302
POST /setup/people/new+nothing                             401   404   404   404   404   404   403   403   403   422
GET  /setup/people/{ada}                                   302   404   404   404   404   404   403   403   403   200
GET  /setup/people/{eva}                                   302   404   404   404   404   404   403   403   403   200
GET  /setup/people/999999                                  302   404   404   404   404   404   403   403   403   404
POST /setup/people/{ada}                                   401   404   404   404   404   404   403   403   403   302
GET  /setup/people/{ada}/role                              302   404   404   404   404   404   403   403   403   405
POST /setup/people/{eva}/role                              401   404   404   404   404   404   403   403   403   302
POST /setup/people/{root}/role                             401   404   404   404   404   404   403   403   403   422
GET  /setup/people/{eva}/teams                             302   404   404   404   404   404   403   403   403   405
POST /setup/people/{eva}/teams                             401   404   404   404   404   404   403   403   403   302
GET  /setup/people/{ada}/closure                           302   404   404   404   404   404   403   403   403   405
POST /setup/people/{ada}/closure                           401   404   404   404   404   404   403   403   403   302
POST /setup/people/{root}/closure                          401   404   404   404   404   404   403   403   403   409
GET  /setup/people/{ada}/invitation                        302   404   404   404   404   404   403   403   403   405
POST /setup/people/{ada}/invitation                        401   404   404   404   404   404   403   403   403   302
GET  /setup/teams                                          302   404   404   404   404   404   403   403   403   200
POST /setup/teams                                          401   404   404   404   404   404   403   403   403   405
GET  /setup/teams/{team}                                   302   404   404   404   404   404   403   403   403   200
GET  /setup/teams/999999                                   302   404   404   404   404   404   403   403   403   404
POST /setup/teams/{team}                                   401   404   404   404   404   404   403   403   403   302
GET  /setup/roles                                          302   404   404   404   404   404   403   403   403   200
POST /setup/roles                                          401   404   404   404   404   404   403   403   403   405
GET  /setup/people/{eva}/departure                         302   404   404   404   404   404   403   403   403   200
GET  /setup/people/{ada}/departure                         302   404   404   404   404   404   403   403   403   404
POST /setup/people/{otto}/departure                        401   404   404   404   404   404   403   403   403   302
POST /setup/people/{hanna}/departure                       401   404   404   404   404   404   403   403   403   422
POST /setup/people/{root}/departure                        401   404   404   404   404   404   403   403   403   422
GET  /setup/companies                                      302   404   404   404   404   404   403   403   403   200
GET  /setup/companies?q=acme                               302   404   404   404   404   404   403   403   403   200
POST /setup/companies                                      401   404   404   404   404   404   403   403   403   405
GET  /setup/companies/new                                  302   404   404   404   404   404   403   403   403   200
POST /setup/companies/new                                  401   404   404   404   404   404   403   403   403   302
POST /setup/companies/new+taken                            401   404   404   404   404   404   403   403   403   422
GET  /setup/companies/{acme}                               302   404   404   404   404   404   403   403   403   200
GET  /setup/companies/999999                               302   404   404   404   404   404   403   403   403   404
POST /setup/companies/{acme}                               401   404   404   404   404   404   403   403   403   302
GET  /setup/companies/{acme}/visibility                    302   404   404   404   404   404   403   403   403   405
POST /setup/companies/{acme}/visibility                    401   404   404   404   404   404   403   403   403   302
GET  /setup/companies/{acme}/package                       302   404   404   404   404   404   403   403   403   405
POST /setup/companies/{acme}/package                       401   404   404   404   404   404   403   403   403   302
GET  /setup/companies/{acme}/invitations                   302   404   404   404   404   404   403   403   403   405
POST /setup/companies/{acme}/invitations                   401   404   404   404   404   404   403   403   403   302
POST /setup/companies/{acme}/invitations+ada               401   404   404   404   404   404   403   403   403   422
GET  /setup/members/{place}/seat                           302   404   404   404   404   404   403   403   403   405
POST /setup/members/{place}/seat                           401   404   404   404   404   404   403   403   403   302
POST /setup/members/999999/seat                            401   404   404   404   404   404   403   403   403   404
GET  /setup/members/{place}/role                           302   404   404   404   404   404   403   403   403   405
POST /setup/members/{place}/role                           401   404   404   404   404   404   403   403   403   302
GET  /setup/members/{place}/suspension                     302   404   404   404   404   404   403   403   403   405
POST /setup/members/{place}/suspension                     401   404   404   404   404   404   403   403   403   302
GET  /setup/members/{place}/main-contact                   302   404   404   404   404   404   403   403   403   405
POST /setup/members/{place}/main-contact                   401   404   404   404   404   404   403   403   403   302
GET  /setup/members/{asked}/invitation/removal             302   404   404   404   404   404   403   403   403   405
POST /setup/members/{asked}/invitation/removal             401   404   404   404   404   404   403   403   403   302
GET  /setup/packages                                       302   404   404   404   404   404   403   403   403   200
POST /setup/packages                                       401   404   404   404   404   404   403   403   403   405
GET  /setup/packages/{package}                             302   404   404   404   404   404   403   403   403   200
GET  /setup/packages/999999                                302   404   404   404   404   404   403   403   403   404
POST /setup/packages/{package}                             401   404   404   404   404   404   403   403   403   302
GET  /setup/imports                                        302   404   404   404   404   404   403   403   403   200
POST /setup/imports                                        401   404   404   404   404   404   403   403   403   302
POST /setup/imports+nothing                                401   404   404   404   404   404   403   403   403   422
GET  /setup/imports/{table}                                302   404   404   404   404   404   403   403   403   200
GET  /setup/imports/999999                                 302   404   404   404   404   404   403   403   403   404
POST /setup/imports/{table}                                401   404   404   404   404   404   403   403   403   405
GET  /setup/imports/{table}/run                            302   404   404   404   404   404   403   403   403   405
POST /setup/imports/{table}/run                            401   404   404   404   404   404   403   403   403   302
GET  /setup/imports/{table}/report                         302   404   404   404   404   404   403   403   403   200
POST /setup/imports/{table}/report                         401   404   404   404   404   404   403   403   403   405
GET  /setup/mail/in                                        302   404   404   404   404   404   403   403   403   200
GET  /setup/mail/in?end=quarantined                        302   404   404   404   404   404   403   403   403   200
GET  /setup/mail/in?end=lacks_right                        302   404   404   404   404   404   403   403   403   200
GET  /setup/mail/in?q=waln                                 302   404   404   404   404   404   403   403   403   200
GET  /setup/mail/in?q=almo                                 302   404   404   404   404   404   403   403   403   200
POST /setup/mail/in                                        401   404   404   404   404   404   403   403   403   405
GET  /setup/mail/in/{mail}                                 302   404   404   404   404   404   403   403   403   200
GET  /setup/mail/in/{payroll_mail}                         302   404   404   404   404   404   403   403   403   200
GET  /setup/mail/in/999999                                 302   404   404   404   404   404   403   403   403   404
POST /setup/mail/in/{mail}                                 401   404   404   404   404   404   403   403   403   405
GET  /setup/mail/in/{mail}/source                          302   404   404   404   404   404   403   403   403   200
GET  /setup/mail/in/{payroll_mail}/source                  302   404   404   404   404   404   403   403   403   404
POST /setup/mail/in/{mail}/source                          401   404   404   404   404   404   403   403   403   405
GET  /setup/mail/in/{aside}/files/1                        302   404   404   404   404   404   403   403   403   200
GET  /setup/mail/in/{aside}/files/2                        302   404   404   404   404   404   403   403   403   404
GET  /setup/mail/in/{payroll_mail}/files/1                 302   404   404   404   404   404   403   403   403   404
POST /setup/mail/in/{aside}/files/1                        401   404   404   404   404   404   403   403   403   405
GET  /setup/mail/in/{aside}/reading                        302   404   404   404   404   404   403   403   403   405
POST /setup/mail/in/{aside}/reading                        401   404   404   404   404   404   403   403   403   302
POST /setup/mail/in/{payroll_mail}/reading                 401   404   404   404   404   404   403   403   403   409
GET  /setup/mail/in/{aside}/dismissal                      302   404   404   404   404   404   403   403   403   405
POST /setup/mail/in/{aside}/dismissal                      401   404   404   404   404   404   403   403   403   302
GET  /setup/mail/in/{aside}/place                          302   404   404   404   404   404   403   403   403   405
POST /setup/mail/in/{aside}/place                          401   404   404   404   404   404   403   403   403   302
POST /setup/mail/in/{aside}/place+payroll                  401   404   404   404   404   404   403   403   403   422
POST /setup/mail/in/{mail}/place                           401   404   404   404   404   404   403   403   403   409
POST /setup/mail/in/{payroll_mail}/place                   401   404   404   404   404   404   403   403   403   404
GET  /setup/mail/in/{aside}/admission                      302   404   404   404   404   404   403   403   403   405
POST /setup/mail/in/{aside}/admission                      401   404   404   404   404   404   403   403   403   302
POST /setup/mail/in/{mail}/admission                       401   404   404   404   404   404   403   403   403   422
POST /setup/mail/in/{payroll_mail}/admission               401   404   404   404   404   404   403   403   403   404
GET  /setup/mail/out                                       302   404   404   404   404   404   403   403   403   200
GET  /setup/mail/out?state=waiting                         302   404   404   404   404   404   403   403   403   200
GET  /setup/mail/out?q=waln                                302   404   404   404   404   404   403   403   403   200
POST /setup/mail/out                                       401   404   404   404   404   404   403   403   403   405
GET  /setup/mail/out/failures                              302   404   404   404   404   404   403   403   403   405
POST /setup/mail/out/failures                              401   404   404   404   404   404   403   403   403   302
GET  /setup/mail/out/{told}                                302   404   404   404   404   404   403   403   403   200
GET  /setup/mail/out/{payroll_told}                        302   404   404   404   404   404   403   403   403   200
GET  /setup/mail/out/999999                                302   404   404   404   404   404   403   403   403   404
POST /setup/mail/out/{told}                                401   404   404   404   404   404   403   403   403   405
GET  /setup/mail/out/{told}/html                           302   404   404   404   404   404   403   403   403   200
GET  /setup/mail/out/{payroll_told}/html                   302   404   404   404   404   404   403   403   403   404
POST /setup/mail/out/{told}/html                           401   404   404   404   404   404   403   403   403   405
GET  /setup/mail/out/{told}/sending                        302   404   404   404   404   404   403   403   403   405
POST /setup/mail/out/{told}/sending                        401   404   404   404   404   404   403   403   403   409
GET  /setup/mail/out/{told}/cancellation                   302   404   404   404   404   404   403   403   403   405
POST /setup/mail/out/{told}/cancellation                   401   404   404   404   404   404   403   403   403   302
GET  /setup/mail/suppressed                                302   404   404   404   404   404   403   403   403   200
GET  /setup/mail/suppressed?q=elsewhere                    302   404   404   404   404   404   403   403   403   200
POST /setup/mail/suppressed                                401   404   404   404   404   404   403   403   403   405
GET  /setup/mail/suppressed/{suppressed}/removal           302   404   404   404   404   404   403   403   403   405
POST /setup/mail/suppressed/{suppressed}/removal           401   404   404   404   404   404   403   403   403   302
POST /setup/mail/suppressed/999999/removal                 401   404   404   404   404   404   403   403   403   404
GET  /setup/mail/boxes                                     302   404   404   404   404   404   403   403   403   200
POST /setup/mail/boxes                                     401   404   404   404   404   404   403   403   403   405
GET  /setup/mail/sources/new                               302   404   404   404   404   404   403   403   403   200
POST /setup/mail/sources/new                               401   404   404   404   404   404   403   403   403   302
POST /setup/mail/sources/new+nothing                       401   404   404   404   404   404   403   403   403   422
GET  /setup/mail/sources/{source}                          302   404   404   404   404   404   403   403   403   200
POST /setup/mail/sources/{source}                          401   404   404   404   404   404   403   403   403   302
GET  /setup/mail/sources/999999                            302   404   404   404   404   404   403   403   403   404
GET  /setup/mail/sources/{source}/trial                    302   404   404   404   404   404   403   403   403   405
POST /setup/mail/sources/{source}/trial                    401   404   404   404   404   404   403   403   403   302
GET  /setup/mail/sources/{source}/fetching                 302   404   404   404   404   404   403   403   403   405
POST /setup/mail/sources/{source}/fetching                 401   404   404   404   404   404   403   403   403   302
GET  /setup/mail/sources/{source}/removal                  302   404   404   404   404   404   403   403   403   405
POST /setup/mail/sources/{source}/removal                  401   404   404   404   404   404   403   403   403   302
POST /setup/mail/sources/999999/removal                    401   404   404   404   404   404   403   403   403   404
GET  /setup/mail/check                                     302   404   404   404   404   404   403   403   403   200
POST /setup/mail/check                                     401   404   404   404   404   404   403   403   403   405
GET  /setup/jobs                                           302   404   404   404   404   404   403   403   403   200
POST /setup/jobs                                           401   404   404   404   404   404   403   403   403   405
GET  /setup/jobs/{job}/run                                 302   404   404   404   404   404   403   403   403   405
POST /setup/jobs/{job}/run                                 401   404   404   404   404   404   403   403   403   302
POST /setup/jobs/999999/run                                401   404   404   404   404   404   403   403   403   404
"""

# Nobody answers there.
ACCOUNT_FIELDS = {
    "host": "127.0.0.1",
    "port": "9",
    "security": "none",
    "user": "support",
    "sign_in": "password",
    "secret": "a secret",
    "folder": "INBOX",
    "afterwards": "leave",
    "mailbox": "",
}

# What a form says where a row posts. Unnamed ones are empty forms.
FORMS: dict[str, dict[str, str]] = {
    "setup:new_source": ACCOUNT_FIELDS,
    "setup:new_source+nothing": {},
    "setup:source": ACCOUNT_FIELDS | {"folder": "Another"},
    "setup:new_person": {"email": "newcomer@festum.example", "name": "Newcomer", "language": "en", "role": "agent"},
    "setup:new_person+nothing": {},
    "setup:person": {"profile-name": "Ada A.", "profile-language": "fi"},
    "setup:person_role": {"role-role": "agent"},
    "setup:person_teams": {"teams-teams": "accounting"},
    "setup:person_closure": {"value": "close"},
    "setup:team": {"members": "{eva}"},
    "setup:departure": {"successor": "{eva}"},
    "setup:new_company": {"name": "Initech Oy"},
    "setup:new_company+taken": {"name": "Initech Oy", "code": "1001"},
    "setup:company": {"facts-name": "Acme Oyj", "facts-code": "1001", "facts-domains": "acme.example"},
    "setup:company_visibility": {"sight-who_sees": "managers"},
    "setup:company_package": {"sold-package": "{package}"},
    "setup:company_invitations": {"new-email": "newcomer@acme.example", "new-language": "en"},
    "setup:company_invitations+ada": {"new-email": "ada@acme.example", "new-language": "en"},
    "setup:member_seat": {"value": "take"},
    "setup:member_role": {"value": "manager"},
    "setup:package": {"seats": "50"},
    "setup:mail_admission": {"company": "1001"},
    "setup:mail_place": {"number": "{own}", "kind": "message"},
    "setup:mail_place+payroll": {"number": "{payroll}", "kind": "message"},
}
