-- A register of format 1: five entries, the second disposed of.
PRAGMA application_id = 1397050185;
PRAGMA user_version = 1;
PRAGMA journal_mode = WAL;
BEGIN;
CREATE TABLE register(origin TEXT NOT NULL);
CREATE TABLE ending(size INTEGER NOT NULL, frontier BLOB NOT NULL, last BLOB NOT NULL);
CREATE TABLE entry(sequence INTEGER PRIMARY KEY, recorded INTEGER NOT NULL, author TEXT NOT NULL,
                   kind TEXT NOT NULL, about INTEGER, commitment BLOB NOT NULL, leaf BLOB NOT NULL);
CREATE TABLE body(sequence INTEGER PRIMARY KEY, salt BLOB NOT NULL, said TEXT NOT NULL);
CREATE TABLE tile(level INTEGER NOT NULL, place INTEGER NOT NULL, hashes BLOB NOT NULL,
                  PRIMARY KEY(level, place)) WITHOUT ROWID;
INSERT INTO register VALUES('test.example');
INSERT INTO ending VALUES(5,X'cffab03bd58cb42cbdeb11bc7c0dd4b846ff584eafa4de99240745b88fa79bcf2520bae59bee32f9eea4cacc66beb271d79e31dfffef7d9f32234759fd5a95ed',X'2520bae59bee32f9eea4cacc66beb271d79e31dfffef7d9f32234759fd5a95ed');
INSERT INTO entry VALUES(0,1700000000123456,'officer_1','event',NULL,X'0670c526f77448b1b2ab685de1c3631ba75f95d76895f00a0370adcb4cd9e789',X'f7fb0d73deb853c50340b4598f9c86b8e39c3244a98ff91cc2c233b02d091216');
INSERT INTO body VALUES(0,X'2bc990059473448e6ebd442aa16bfaa0567ac03dd094876bdb1fd834abe42c1e','{"event":"lose","id":"e0","on":"2023-11-13","takes":[{"lot":"l1"}]}');
INSERT INTO entry VALUES(1,1700000000123457,'officer_1','event',NULL,X'297ee49210ded684f00278f0b66cff05ac3ecdc2c5496fff7489edb1d66fa64e',X'397588c2dd0c515d17ec2b17f4333170239b711d5b5b2e6a6859301ed38a158f');
INSERT INTO entry VALUES(2,1700000000123458,'officer_1','event',NULL,X'cde2e2d40516044889dc0c20b5c54bd1320be4f50c7b915268134c4cd5e422c7',X'ac013c00af1b7b16cbe28ff0c02ace559847ca1a992102759d3b33bb3deae5b4');
INSERT INTO body VALUES(2,X'dbc4579ae2b3ab293213f42bb852706ea995c3b5c3987f8aa9faae5004acb3cf','{"event":"lose","id":"e2","on":"2023-11-14","takes":[{"lot":"l3"}]}');
INSERT INTO entry VALUES(3,1700000000123459,'officer_1','dispose',1,X'ce7dc7baf36183273c247301dc1a138edf6d7021ab21d7da1ff8b12ce4c2e889',X'a56d8d1497bc553b3532c9788c328145776d0cc7655f2de5a1170b2e0cc1ee8c');
INSERT INTO body VALUES(3,X'ba76992a6079074311285334177ddda598e8d8f9bae4df70875886d5229c26ac','{"reason":"retention ended"}');
INSERT INTO entry VALUES(4,1700000000123460,'officer_1','event',NULL,X'9c8d7d9e9b9f2726fa9ced2903175626efa3d27412c874dae749f96d9f54be3a',X'2520bae59bee32f9eea4cacc66beb271d79e31dfffef7d9f32234759fd5a95ed');
INSERT INTO body VALUES(4,X'51e0ed5c000f3205a88bca9498b39922f08def28b2da77f063cf88b9708607a0','{"event":"correct","id":"e3","on":"2023-11-14","of":"e0","withdrawn":"yes"}');
COMMIT;
